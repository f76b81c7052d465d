type Connection = EventTarget & { type?: string };

/** watchNetwork tells when this machine has got another way out: back online, or from wireless to mobile. The answer ends it. */
export function watchNetwork(changed: () => void): () => void {
  const connection = (navigator as { connection?: Connection }).connection;
  let type = connection?.type;
  // The event also fires for every new guess of the speed, which changes nothing.
  const moved = () => {
    if (connection?.type === type) return;
    type = connection?.type;
    changed();
  };
  addEventListener("online", changed);
  connection?.addEventListener("change", moved);
  return () => {
    removeEventListener("online", changed);
    connection?.removeEventListener("change", moved);
  };
}
