import { useMemo } from "react";
import { encode } from "uqr";
import { patternPath } from "./code";

/** Four modules of white around: ISO/IEC 18004 section 5.3.8, and black on white in the dark theme too, for cameras. */
const quietZone = 4;

/** Qr draws a text as a QR code, here in the page: a link must not be sent anywhere to be drawn. */
export function Qr({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => {
    const code = encode(text, { ecc: "M", border: quietZone });
    return { size: code.size, path: patternPath(code.data) };
  }, [text]);
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect className="qr-ground" width={size} height={size} />
      <path className="qr-dark" d={path} />
    </svg>
  );
}
