import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import boardEn from "./en/board.json";
import calendarsEn from "./en/calendars.json";
import callEn from "./en/call.json";
import commonEn from "./en/common.json";
import demoEn from "./en/demo.json";
import planEn from "./en/plan.json";
import reportEn from "./en/report.json";
import scheduleEn from "./en/schedule.json";
import talkEn from "./en/talk.json";
import boardNb from "./nb/board.json";
import calendarsNb from "./nb/calendars.json";
import callNb from "./nb/call.json";
import commonNb from "./nb/common.json";
import demoNb from "./nb/demo.json";
import planNb from "./nb/plan.json";
import reportNb from "./nb/report.json";
import scheduleNb from "./nb/schedule.json";
import talkNb from "./nb/talk.json";
import { chooseLanguage, type Language } from "./language";

export const resources = {
  nb: { common: commonNb, board: boardNb, calendars: calendarsNb, schedule: scheduleNb, call: callNb, plan: planNb, report: reportNb, demo: demoNb, talk: talkNb },
  en: { common: commonEn, board: boardEn, calendars: calendarsEn, schedule: scheduleEn, call: callEn, plan: planEn, report: reportEn, demo: demoEn, talk: talkEn },
} as const;

const storageKey = "samtale.language";

function stored(where: () => Storage): string | null {
  try {
    return where().getItem(storageKey);
  } catch {
    return null; // storage can be forbidden on shared machines
  }
}

function store(where: () => Storage, language: Language): void {
  try {
    where().setItem(storageKey, language);
  } catch {
    // It then lasts as long as the page.
  }
}

const chosen = () => localStorage;
const suggested = () => sessionStorage;

/** startLanguages must run before the first render. */
export function startLanguages(): void {
  const language = chooseLanguage(stored(chosen) ?? stored(suggested), navigator.languages);
  document.documentElement.lang = language;
  void i18next.use(initReactI18next).init({
    resources, lng: language, fallbackLng: "nb", defaultNS: "common", ns: Object.keys(resources.nb),
    interpolation: { escapeValue: false }, initAsync: false,
  });
}

export function setLanguage(language: Language): void {
  store(chosen, language);
  show(language);
}

/** suggestLanguage follows an invitation's language for as long as this tab lives, unless the person has chosen one. */
export function suggestLanguage(language: string): void {
  if ((language !== "nb" && language !== "en") || stored(chosen) !== null) return;
  store(suggested, language);
  show(language);
}

function show(language: Language): void {
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
}
