import { lazy, Suspense } from "react";
import { I18nProvider, RouterProvider } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Route, Switch, useLocation } from "wouter";
import { Frame } from "./frame/Frame";
import { NotFound } from "./frame/NotFound";
import { Plain } from "./frame/Plain";
import { Signed } from "./frame/Signed";
import { useLanguage } from "./i18n/words";
import { Announcer } from "./ui/Announcer";
import { Skeleton } from "./ui/surfaces";

const CallPage = lazy(async () => ({ default: (await import("./call/CallPage")).CallPage }));

/** Routes composes the features, which do not know each other. */
export function Routes() {
  const [, navigate] = useLocation();
  const { t } = useTranslation("common");
  const language = useLanguage();
  return (
    <I18nProvider locale={language === "en" ? "en-GB" : "nb-NO"}>
      <RouterProvider navigate={navigate}>
        <Announcer>
          <Suspense fallback={<div className="page"><Skeleton label={t("loading")} cards={2} /></div>}>
            <Switch>
              <Route path="/call/:id">{({ id }) => <Signed>{() => <CallPage conference={id} />}</Signed>}</Route>
              <Route path="/signin"><Plain><NotFound /></Plain></Route>
              <Route>
                <Signed>
                  {(session) => (
                    <Frame session={session}>
                      <NotFound />
                    </Frame>
                  )}
                </Signed>
              </Route>
            </Switch>
          </Suspense>
        </Announcer>
      </RouterProvider>
    </I18nProvider>
  );
}
