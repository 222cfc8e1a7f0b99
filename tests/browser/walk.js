// What Tab must reach on a page, what it does reach, and where the focus cannot be seen. begin() and end() are evaluated.
(() => {
  const REACH = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const isShown = (el) => el.checkVisibility({ visibilityProperty: true }) && !el.closest("[inert]");

  function isStop(el) {  // of radio buttons the chosen one is, or the first
    if (el.type !== "radio") return true;
    const group = [...document.getElementsByName(el.name)];
    return el === (group.find((one) => one.checked) ?? group[0]);
  }

  function hasRing(el) {  // its own, or that of the label or box around it
    return [el, el.parentElement, el.nextElementSibling].some((one) => {
      if (!one) return false;
      const look = getComputedStyle(one);
      return (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== "none";
    });
  }

  const name = (el) => el.outerHTML.slice(0, 120);
  const walked = new Set(), unseen = [];
  const wanted = [...document.querySelectorAll(REACH)].filter(
    (el) => el.tabIndex >= 0 && !el.disabled && isShown(el) && isStop(el));
  document.addEventListener("focusin", ({ target }) => {
    walked.add(target);
    if (!hasRing(target)) unseen.push(name(target));
  });
  document.activeElement?.blur();
  window.endOfWalk = () => ({
    missed: wanted.filter((el) => el.isConnected && isShown(el) && !walked.has(el)).map(name),
    unseen,
  });
  return wanted.length;
})()
