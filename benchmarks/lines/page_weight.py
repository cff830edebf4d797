"""Weight and first paint of pages in Chromium with an empty cache: as they are, and as they travel."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.product import Product

PAGES = {
    "operator": ("/desk/",),
    "supervisor": (
        "/supervisor/", "/supervisor/figures/", "/supervisor/wall", "/roster/", "/signals/", "/issues/",
        "/calls/",
    ),
    "official": ("/alerts/",),
    "administrator": (
        "/administration/people", "/administration/centres", "/administration/lines",
        "/administration/rules", "/administration/limits/", "/administration/audit",
    ),
}  # fmt: skip
MEASURE = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const files = performance.getEntriesByType("resource");
  const all = [page, ...files];
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return {
    plain: all.reduce((sum, one) => sum + one.decodedBodySize, 0),
    travelled: all.reduce((sum, one) => sum + one.encodedBodySize, 0),
    files: files.length,
    paint: paint ? paint.startTime : null,
    status: page.responseStatus,
  };
}"""


def weigh(product: Product) -> None:
    """Print a line for each page: once as browsers ask, once refusing compression."""
    accounts: dict[str, dict[str, Any]] = {}
    for account in product.accounts():
        accounts.setdefault(account["role"], account)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        print("page: files, KB as they are -> KB that travelled, first paint without -> with compression")
        for role, paths in PAGES.items():
            if role in accounts:
                _of_role(browser, product.url, accounts[role], paths)
        browser.close()


def _of_role(browser: Browser, url: str, account: dict[str, Any], paths: tuple[str, ...]) -> None:
    state = _signed_in(browser, url, account)
    for path in paths:
        found = {}
        for encoding in ("identity", "gzip"):
            context = browser.new_context(
                storage_state=state, extra_http_headers={"Accept-Encoding": encoding}, service_workers="block"
            )
            page = context.new_page()
            page.goto(url + path, wait_until="load")
            page.wait_for_timeout(300)
            found[encoding] = page.evaluate(MEASURE)
            context.close()
        plain, packed = found["identity"], found["gzip"]
        print(
            f"  {path}: {packed['files']} files, {plain['travelled'] / 1000:.0f} -> "
            f"{packed['travelled'] / 1000:.0f} KB, {plain['paint'] or 0:.0f} -> {packed['paint'] or 0:.0f} ms"
        )


def _signed_in(browser: Browser, url: str, account: dict[str, Any]) -> Any:
    context = browser.new_context()
    page: Page = context.new_page()
    page.goto(url + "/sign-in")
    page.fill('input[name="login"]', account["name"])
    page.fill('input[name="password"]', account["password"])
    page.click('button[type="submit"]:not([data-role="language"])')
    page.wait_for_load_state("load")
    state = context.storage_state()
    context.close()
    return state
