import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import "./surfaces.css";

export function Card({ as: Tag = "section", className = "", children, labelledBy }: { as?: "section" | "article" | "li" | "div"; className?: string; children: ReactNode; labelledBy?: string }) {
  return <Tag className={`card ${className}`} aria-labelledby={labelledBy}>{children}</Tag>;
}

export type BannerTone = "info" | "amber" | "red" | "ok";

/** Banner says something about the whole page. It is announced when it appears. */
export function Banner({ tone = "info", children, action, quiet }: { tone?: BannerTone; children: ReactNode; action?: ReactNode; quiet?: boolean }) {
  const Icon = tone === "red" ? CircleAlert : tone === "amber" ? TriangleAlert : tone === "ok" ? CircleCheck : Info;
  return (
    <div className={`banner banner-${tone}${quiet ? " banner-quiet" : ""}`} role={tone === "red" ? "alert" : "status"}>
      <Icon aria-hidden />
      <div className="banner-text">{children}</div>
      {action}
    </div>
  );
}

/** Skeleton has the shape of what will come. label says what is being fetched. */
export function Skeleton({ label, lines = 3, cards = 0 }: { label: string; lines?: number; cards?: number }) {
  return (
    <div className="skeleton" role="status">
      <span className="sr-only">{label}</span>
      {Array.from({ length: cards }, (_, i) => <div key={`c${i}`} className="skeleton-card" />)}
      {cards === 0 ? Array.from({ length: lines }, (_, i) => <div key={`l${i}`} className={`skeleton-line skeleton-line-${i % 3}`} />) : null}
    </div>
  );
}

/** EmptyState says what is missing and what can be done instead. */
export function EmptyState({ title, children, action, level = 2 }: { title: string; children?: ReactNode; action?: ReactNode; level?: 1 | 2 }) {
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <div className="empty">
      <Heading>{title}</Heading>
      {children ? <div className="quiet">{children}</div> : null}
      {action ? <div className="row">{action}</div> : null}
    </div>
  );
}
