import { queryOptions, useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "./client";
import { keys } from "./keys";
import { Problem } from "./problem";

export type Session = Schemas["SessionView"] & {
  calendar?: Schemas["CalendarState"];
  /** Server clock minus browser clock in milliseconds, taken when the answer came. */
  offset: number;
};

async function fetchSession(): Promise<Session | null> {
  try {
    const view = await answer(api.GET("/v1/session"));
    return { ...view, offset: Date.parse(view.now) - Date.now() };
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

/** allowed says whether the session may do something somewhere. */
export function allowed(session: Session | null | undefined, action: string): boolean {
  return session?.can?.includes(action) ?? false;
}
