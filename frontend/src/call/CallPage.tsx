/** CallPage is the call: the check before it, the waiting room, the room itself and what comes after. */
export function CallPage({ conference }: { conference: string }) {
  return <main data-conference={conference} />;
}
