import { describe, expect, it } from "vitest";
import { tokenIn } from "./fragment";

const token = "Zm9vYmFyYmF6-cXV1eF9xdXV4Xzc3Nzc3Nzc3Nzc3Nzc";

describe("tokenIn", () => {
  const takes = (name: string, hash: string, want: string) => { it(name, () => { expect(tokenIn(hash)).toBe(want); }); };
  takes("takes a token", `#${token}`, token);
  takes("leaves a mail program's full stop", `#${token}.`, token);
  takes("leaves a closing bracket", `#${token}>`, token);
  takes("finds nothing in an empty fragment", "", "");
  takes("finds nothing in an anchor", "#main", "");
  takes("refuses what is too long", `#${"a".repeat(101)}`, "");
  takes("refuses other characters", `#${token}/../x`, "");
  takes("refuses a percent sign", "#aaaaaaaaaaaaaaaaaaaaaaaa%2F", "");
});
