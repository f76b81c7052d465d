import { Component, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";
import { Banner, EmptyState } from "../ui/surfaces";

/**
 * Broken stands in for a page that fell over, most often because a part of it could not be fetched: the line was gone, or a
 * new version came while the page stood open. Loading it again mends both. Give it a key for each place, so that the others still work.
 * silent shows nothing instead: for what the page can do without.
 */
export class Broken extends Component<{ part?: boolean; silent?: boolean; children: ReactNode }, { fallen: boolean }> {
  override state = { fallen: false };

  static getDerivedStateFromError() {
    return { fallen: true };
  }

  override render() {
    if (!this.state.fallen) return this.props.children;
    return this.props.silent ? null : <Fallen part={this.props.part ?? false} />;
  }
}

function Fallen({ part }: { part: boolean }) {
  const { t } = useTranslation("common");
  const text = navigator.onLine ? t("broken.text") : t("broken.offline");
  const again = <Button variant={part ? "secondary" : "primary"} onPress={() => { location.reload(); }}>{t("broken.action")}</Button>;
  if (part) return <Banner tone="red" action={again}>{text}</Banner>;
  return (
    <div className="page page-narrow" role="alert">
      <EmptyState level={1} title={t("broken.title")} action={again}>
        {text}
      </EmptyState>
    </div>
  );
}
