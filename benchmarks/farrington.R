#!/usr/bin/env Rscript
# R's farringtonFlexible and EARS on the series of a file: the reference that analytics/flag is held against.
#   Rscript farrington.R COUNTS.bin SERIES DAYS OUT.csv [EARS.csv]
# COUNTS.bin holds int32, one series after the other; the last 52 weeks (364 days) are judged.
suppressMessages(library(surveillance))
a <- commandArgs(TRUE); series <- as.integer(a[2]); days <- as.integer(a[3])
Y <- matrix(readBin(a[1], "integer", series * days, size = 4), nrow = days)
weeks <- (days %/% 7 - 51):(days %/% 7)
control <- list(range = weeks, b = 4, w = 3, alpha = .01, noPeriods = 10, trend = TRUE, pThresholdTrend = 1,
  weightsThreshold = 2.58, pastWeeksNotIncluded = 26, thresholdMethod = "nbPlugin", limit54 = c(5, 4),
  glmWarnings = FALSE)
began <- proc.time()
rows <- lapply(seq_len(series), function(i) {
  counts <- sts(colSums(matrix(Y[, i], 7)), start = c(2000, 1), frequency = 52)
  r <- suppressWarnings(farringtonFlexible(counts, control))
  data.frame(series = i - 1, week = weeks - 1, expected = signif(as.numeric(r@control$expected), 9),
    upper = as.numeric(r@upperbound), p = signif(as.numeric(r@control$pvalue), 9), alarm = as.integer(r@alarm))
})
spent <- proc.time() - began
write.csv(do.call(rbind, rows), a[4], row.names = FALSE, quote = FALSE)
cat(sprintf("surveillance %s %s %.6f\n", packageVersion("surveillance"), R.version$minor,
  (spent[1] + spent[2]) / series / length(weeks)))
if (length(a) > 4) {
  last <- (days - 363):days
  rows <- list()
  for (i in seq_len(series)) for (method in c("C1", "C2", "C3")) for (sigma in c(0, .5)) {
    r <- earsC(sts(Y[, i], frequency = 365), list(range = last, method = method, baseline = 7, minSigma = sigma))
    rows[[length(rows) + 1]] <- data.frame(series = i - 1, method = method, sigma = sigma, day = last - 1,
      upper = signif(as.numeric(r@upperbound), 9), alarm = as.integer(r@alarm))
  }
  write.csv(do.call(rbind, rows), a[5], row.names = FALSE, quote = FALSE)
}
