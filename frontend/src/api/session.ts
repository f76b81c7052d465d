import { queryOptions, useQuery, type QueryClient } from "@tanstack/react-query";
import { answer, api, type Schemas } from "./client";
import { keys } from "./keys";
import { Problem } from "./problem";

export type Session = Schemas["SessionView"] & {
  calendar?: Schemas["CalendarState"];
  /** Server clock minus browser clock in milliseconds, taken when the answer came. */
  offset: number;
};

function withOffset(view: Schemas["SessionView"]): Session {
  return { ...view, offset: Date.parse(view.now) - Date.now() };
}

async function fetchSession(): Promise<Session | null> {
  try {
    return withOffset(await answer(api.GET("/v1/session")));
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

export const sessionQuery = queryOptions({ queryKey: keys.session, queryFn: fetchSession, staleTime: 60_000 });

/** useSession: data is null when nobody is signed in. */
export function useSession() {
  return useQuery(sessionQuery);
}

/** enter takes over a session that has just been opened, and forgets what whoever was here before could see. Without a view it is fetched. */
export async function enter(queries: QueryClient, view?: Schemas["SessionView"]): Promise<void> {
  queries.removeQueries({ type: "inactive" });
  if (view) queries.setQueryData(keys.session, withOffset(view));
  else await queries.fetchQuery({ ...sessionQuery, staleTime: 0 });
}

/** allowed says whether the session may do something somewhere. */
export function allowed(session: Session | null | undefined, action: string): boolean {
  return session?.can?.includes(action) ?? false;
}
