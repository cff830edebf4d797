// Pages to print: the button that opens the browser's own print dialog. Charts themselves are drawn by the server.

for (const button of document.querySelectorAll('[data-role="print"]')) button.addEventListener("click", () => window.print());
