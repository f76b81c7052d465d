import { Time } from "../ui/Time";

/** When is the time as it was agreed. Talks that were thrown together have no agreed end, and a door stands open all day. */
export function When({ of }: { of: { purpose: string; start: string; end: string } }) {
  switch (of.purpose) {
    case "door":
      return null;
    case "consult":
    case "knock":
      return <Time at={of.start} as="day" />;
    default:
      return <Time at={of.start} until={of.end} as="day" />;
  }
}
