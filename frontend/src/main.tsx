import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { keys } from "./api/keys";
import { Problem } from "./api/problem";
import { startLanguages } from "./i18n/i18n";
import { Routes } from "./routes";
import { applyTheme, readTheme } from "./ui/theme";
import "./ui/tokens.css";
import "./ui/base.css";

startLanguages();
applyTheme(readTheme());

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // A session that ended elsewhere or lay idle: the frame then shows the way to sign in.
    onError: (error) => { if (error instanceof Problem && error.status === 401) queries.setQueryData(keys.session, null); },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // An answer that says no will say it again; silence may end.
      retry: (count, error) => count < 2 && error instanceof Problem && (error.kind === "offline" || error.status >= 502),
      networkMode: "always", // a ward's proxy can make the browser believe that it is offline
    },
    mutations: { networkMode: "always" },
  },
});

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Routes />
    </QueryClientProvider>
  </StrictMode>,
);
