import { describe, expect, it } from "vitest";
import { quietUntil } from "./quiet";

const until = (length: Parameters<typeof quietUntil>[0], now: string) => quietUntil(length, new Date(now), "Europe/Oslo").toISOString();

describe("quietUntil", () => {
  it("adds minutes", () => {
    expect(until("half_hour", "2026-11-27T11:45:00Z")).toBe("2026-11-27T12:15:00.000Z");
    expect(until("hour", "2026-11-27T11:45:00Z")).toBe("2026-11-27T12:45:00.000Z");
    expect(until("two_hours", "2026-11-27T11:45:00Z")).toBe("2026-11-27T13:45:00.000Z");
  });
  it("ends the day at midnight by the region's clock", () => {
    expect(until("day", "2026-11-27T11:45:00Z")).toBe("2026-11-27T23:00:00.000Z");
    expect(until("day", "2026-11-27T23:30:00Z")).toBe("2026-11-28T23:00:00.000Z");
    expect(until("day", "2026-07-03T11:45:00Z")).toBe("2026-07-03T22:00:00.000Z");
  });
  it("asks for no more than the server takes on a day of 25 hours", () => {
    expect(until("day", "2026-10-24T22:00:00Z")).toBe("2026-10-25T22:00:00.000Z");
  });
});
