/* Enhancements only: every action of these pages works without this file. */
"use strict";

/* Menus close on Escape, on a click elsewhere, and when another opens. */
const menus = () => document.querySelectorAll("details[data-menu][open]");
document.addEventListener("click", (event) => {
  for (const menu of menus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

/* A refused form's summary takes the focus; buttons that need a script appear. */
const prepare = () => {
  document.querySelector("[data-focus]")?.focus();
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
  for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
};
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
document.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-select]")) event.target.select();
});
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
  say("Copied.");
});

/* A notice stays for eight seconds, longer while it is looked at. */
const NOTICE_MS = 8000;
const say = (text) => {
  document.querySelector(".notice[data-live]")?.remove();
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.dataset.live = "";
  notice.setAttribute("role", "status");
  notice.textContent = text;
  document.body.append(notice);
  let timer = 0;
  const leave = () => { timer = setTimeout(() => notice.remove(), NOTICE_MS); };
  const stay = () => clearTimeout(timer);
  notice.addEventListener("mouseenter", stay);
  notice.addEventListener("mouseleave", leave);
  notice.addEventListener("focusin", stay);
  notice.addEventListener("focusout", leave);
  leave();
};

document.addEventListener("htmx:afterSettle", prepare);

/* An answer from another page (the session has ended) is a page, not a fragment: go there. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const answered = new URL(event.detail.xhr.responseURL, location.href);
  const asked = new URL(event.detail.requestConfig.path, location.href);
  if (answered.pathname === asked.pathname) return;
  event.detail.shouldSwap = false;
  location.assign(answered);
});

/* A refusal's page says in its heading what it refused. */
document.addEventListener("htmx:responseError", (event) => {
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  say(page.querySelector("h1")?.textContent.trim() || "That did not work. Nothing was changed.");
});
document.addEventListener("htmx:sendError", () => {
  say("Rota does not answer. Nothing was changed; try again in a moment.");
});

prepare();
