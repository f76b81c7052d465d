// The worker that rings when no page is open. It knows that somebody rings, and the person's language; who and why is told
// by the page, to whoever is signed in. There is no fetch handler and no cache: nothing that is private can stay in one.

const words = {
  nb: {
    ring: { title: "Samtale: noen ringer deg", body: "Åpne for å svare." },
    knock: { title: "Samtale: noen spør om et par ord", body: "Det haster ikke. Åpne når det passer." },
    rang: { title: "Noen ringte deg", body: "Åpne for å se hvem." },
    knocked: { title: "Noen spurte etter deg", body: "Åpne for å se hvem." },
  },
  en: {
    ring: { title: "Samtale: somebody is ringing you", body: "Open to answer." },
    knock: { title: "Samtale: somebody asks for a couple of words", body: "No hurry. Open when it suits you." },
    rang: { title: "Somebody rang you", body: "Open to see who." },
    knocked: { title: "Somebody asked for you", body: "Open to see who." },
  },
};

// One notification at a time: the next takes the place of the last.
const tag = "ring";

// A new worker need not wait for pages to close: it has nothing in common with them.
self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("push", (event) => {
  const kind = kindOf(event);
  event.waitUntil(inTurn(() => kind === "stop" ? stop() : show(kind)));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open());
});

// The browser has taken the subscription away: a page, which knows who is signed in, makes the next one.
self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(pages().then((list) => { for (const page of list) page.postMessage({ t: "subscription_changed" }); }));
});

self.addEventListener("message", (event) => {
  const said = event.data;
  if (said?.t === "language" && Object.hasOwn(words, said.language)) event.waitUntil(keepLanguage(said.language));
});

// A ring and its stop can arrive together, when a phone has found its line again: the stop must have the last word.
let last = Promise.resolve();

function inTurn(act) {
  last = last.then(act, act);
  return last;
}

// A push that cannot be read is a ring: better once too often.
function kindOf(event) {
  try {
    const kind = event.data.json().t;
    return kind === "knock" || kind === "stop" ? kind : "ring";
  } catch {
    return "ring";
  }
}

async function show(kind) {
  const loud = kind === "ring";
  const { title, body, lang } = await wordsFor(kind);
  await self.registration.showNotification(title, {
    body, lang, tag, data: kind, icon: "/icon-192.png", badge: "/badge-96.png", timestamp: Date.now(),
    // A silent notification may not vibrate or sound anew: browsers throw at the combination.
    ...(loud ? { renotify: true, requireInteraction: true, vibrate: [600, 300, 600, 300, 600, 300, 600] } : { silent: true }),
  });
}

// A push must leave a notification that can be seen: browsers take the permission away from those that end in nothing, except
// where a page of ours is in view (and in Safari there too). So the ring becomes a quiet "somebody rang you".
async function stop() {
  const shown = await self.registration.getNotifications({ tag });
  const inView = (await pages()).some((page) => page.visibilityState === "visible");
  if (inView && !isSafari()) {
    for (const notification of shown) notification.close();
    return;
  }
  await show(shown.some((notification) => notification.data?.startsWith("knock")) ? "knocked" : "rang");
}

function isSafari() {
  const agent = self.navigator.userAgent;
  return agent.includes("AppleWebKit/") && !agent.includes("Chrome/");
}

function pages() {
  return self.clients.matchAll({ type: "window", includeUncontrolled: true });
}

// The page last looked at comes first (Service Workers section 4.3.2). It shows the ring by itself wherever it is.
async function open() {
  for (const page of await pages()) {
    try {
      await page.focus();
      return;
    } catch {
      // It may be closing; the next one then.
    }
  }
  await self.clients.openWindow("/talk");
}

// The language has a place of its own in the browser's storage, beside nothing else.

const keep = { database: "samtale-worker", store: "kept", key: "language" };

function answerOf(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function kept(mode, act) {
  const opening = self.indexedDB.open(keep.database, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(keep.store);
  const database = await answerOf(opening);
  try {
    return await answerOf(act(database.transaction(keep.store, mode).objectStore(keep.store)));
  } finally {
    database.close();
  }
}

function keepLanguage(language) {
  return kept("readwrite", (store) => store.put(language, keep.key));
}

async function wordsFor(kind) {
  let lang = "nb";
  try {
    lang = (await kept("readonly", (store) => store.get(keep.key))) ?? lang;
  } catch {
    // Storage can be forbidden on shared machines: bokmål then.
  }
  return { ...words[lang][kind], lang };
}
