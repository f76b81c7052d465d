import { Button as AriaButton, type ButtonProps as AriaButtonProps, Link as AriaLink } from "react-aria-components";
import type { ReactNode } from "react";
import "./button.css";

export type Variant = "primary" | "secondary" | "danger" | "quiet";

export type ButtonProps = Omit<AriaButtonProps, "className" | "style" | "children"> & {
  variant?: Variant;
  /** Square, for a single icon: give it an aria-label. */
  icon?: boolean;
  wide?: boolean;
  /** Something runs because of this press: it stays in place and cannot be pressed twice. */
  busy?: boolean;
  className?: string;
  children: ReactNode;
};

export function buttonClass(variant: Variant, icon = false, wide = false, more = ""): string {
  return ["button", `button-${variant}`, icon ? "button-icon" : "", wide ? "button-wide" : "", more].filter(Boolean).join(" ");
}

/**
 * Button says itself that it is busy: React Aria's isPending announces the button by its id, which is gone when the press has
 * closed the dialog or the page that held it, and a screen reader then meets a picture without a name.
 */
export function Button({ variant = "secondary", icon, wide, busy, className, children, onPress, type, ...rest }: ButtonProps) {
  return (
    <AriaButton
      {...rest}
      onPress={busy ? undefined : onPress}
      type={busy && type === "submit" ? "button" : type}
      className={buttonClass(variant, icon, wide, className)}
      render={(props) => <button {...props} aria-disabled={busy || undefined} data-pending={busy || undefined} />}
    >
      {children}
    </AriaButton>
  );
}

export type ButtonLinkProps = {
  href: string;
  variant?: Variant;
  wide?: boolean;
  icon?: boolean;
  className?: string;
  "aria-label"?: string;
  children: ReactNode;
};

/** ButtonLink goes somewhere and looks like a button. */
export function ButtonLink({ href, variant = "secondary", wide, icon, className, children, ...rest }: ButtonLinkProps) {
  return (
    <AriaLink {...rest} href={href} className={buttonClass(variant, icon, wide, className)}>
      {children}
    </AriaLink>
  );
}
