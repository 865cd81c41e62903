// Plain script, for the page that does not start: shows the way out, and clears the stored copy where ?reset asks for it.
(function () {
  var WAIT_MS = 30000;

  // Gone as soon as the page has started.
  function show() {
    var fallback = document.getElementById('fallback');
    if (fallback) fallback.hidden = false;
  }

  async function reset() {
    var folder = new URL('.', location.href);
    if ('serviceWorker' in navigator) {
      var all = await navigator.serviceWorker.getRegistrations();
      for (var one of all) if (one.scope === folder.href) await one.unregister();
    }
    if ('caches' in window) {
      for (var name of await caches.keys()) {
        if (name.startsWith('fewbit ' + folder.pathname + ' ')) await caches.delete(name);
      }
    }
    location.replace(folder.href);
  }

  addEventListener(
    'error',
    function (event) {
      if (event.target instanceof HTMLScriptElement || event.target instanceof HTMLLinkElement) show();
    },
    true,
  );
  setTimeout(show, WAIT_MS);
  if (new URLSearchParams(location.search).has('reset')) reset().catch(show);
})();
