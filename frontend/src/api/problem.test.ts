import { describe, expect, it } from "vitest";
import { readProblem } from "./problem";

function answered(status: number, body: string): Response {
  return new Response(body, { status, headers: { "Content-Type": "application/problem+json" } });
}

describe("readProblem", () => {
  it("takes the kind from the type, whatever else is there", async () => {
    const problem = await readProblem(answered(409, JSON.stringify({ type: "urn:samtale:problem:no-guest-seat", title: "Book first", status: 409 })));
    expect([problem.kind, problem.status, problem.message]).toEqual(["no-guest-seat", 409, "Book first"]);
  });
  it("reads every mistake of a region", async () => {
    const problem = await readProblem(answered(422, JSON.stringify({ type: "urn:samtale:problem:region-invalid", mistakes: [{ line: 3, text: "no such unit" }] })));
    expect(problem.mistakes).toEqual([{ line: 3, text: "no such unit" }]);
  });
  it("keeps the alternatives of a lost race", async () => {
    const problem = await readProblem(answered(409, JSON.stringify({ type: "urn:samtale:problem:slot-taken", conflicts: [], alternatives: { suggestions: [] } })));
    expect(problem.alternatives).toEqual({ suggestions: [] });
  });
  it("makes do with the status of a proxy's page", async () => {
    expect((await readProblem(answered(502, "<html>"))).kind).toBe("http-502");
  });
});
