/* Runs before the first paint, so that a dark page never flashes white. */
(() => {
  try {
    const theme = JSON.parse(localStorage.getItem("dreamreel.theme") ?? '"auto"');
    document.documentElement.dataset.theme = theme;
  } catch { /* storage is switched off */ }
})();
