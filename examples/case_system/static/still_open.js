// A right can end while a page is open. Every two seconds it is asked whether the reader's rights have moved: the page comes
// anew where they have, and so is asked for anew; it is covered where nobody can say (DEC-4).
"use strict";
(() => {
  const shown = document.body.dataset.moved;
  const main = document.getElementById("main");
  const covered = document.getElementById("covered");

  async function look() {
    let known = null;
    try {
      const reply = await fetch("/moved", { redirect: "manual", cache: "no-store" });
      if (reply.type === "opaqueredirect") { location.reload(); return; }
      known = reply.ok ? String((await reply.json()).moved) : null;
    } catch { known = null; }
    if (known !== null && known !== shown) { location.reload(); return; }
    main.hidden = known === null;
    covered.hidden = known !== null;
    setTimeout(look, 2000);
  }

  if (shown !== undefined) setTimeout(look, 2000);
})();
