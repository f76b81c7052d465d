import { Ellipsis } from "lucide-react";
import { Button as AriaButton, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";

export type MoreItem = { id: string; label: string; run: () => void };

/** More holds what is rarely done behind one button, so that it does not stand beside what is done every day. */
export function More({ label, items, disabled = false }: { label: string; items: readonly MoreItem[]; disabled?: boolean }) {
  return (
    <MenuTrigger>
      <AriaButton className="button button-quiet button-icon" aria-label={label} isDisabled={disabled}><Ellipsis aria-hidden /></AriaButton>
      <Popover className="popover" placement="bottom end">
        <Menu className="listbox" aria-label={label} onAction={(id) => { items.find((item) => item.id === id)?.run(); }}>
          {items.map((item) => <MenuItem key={item.id} id={item.id} className="listbox-item">{item.label}</MenuItem>)}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
