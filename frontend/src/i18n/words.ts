import { useTranslation } from "react-i18next";
import type { resources } from "./i18n";
import type { Language } from "./language";

export type Namespace = keyof (typeof resources)["nb"];

/** Words translates a code of the server: word("role", "gp"). An unknown code is shown readable rather than hidden. */
export type Words = (group: string, code: string, values?: Record<string, unknown>) => string;

export function useWords(namespace: Namespace): Words {
  const { i18n } = useTranslation(namespace);
  // The key is made of a code that only the running server knows, so it cannot be a typed one.
  const lookUp = i18n.getFixedT(i18n.language, namespace) as unknown as (key: string, options: Record<string, unknown>) => string;
  return (group, code, values) => lookUp(`${group}.${code}`, { defaultValue: code.replaceAll("_", " "), ...values });
}

export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.language === "en" ? "en" : "nb";
}
