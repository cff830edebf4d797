// The emergency sheet and the blank form: print, and let the worker keep both for when the server is down.
import { keepSheets } from "./sheet-keeper.js";

document.querySelector('[data-role="print"]')?.addEventListener("click", () => window.print());
keepSheets();
