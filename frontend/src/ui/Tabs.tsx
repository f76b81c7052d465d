import { Tab, TabList, TabPanel, Tabs as AriaTabs } from "react-aria-components";
import type { ReactNode } from "react";
import "./tabs.css";

export type TabItem = { id: string; label: string; content: ReactNode };

export function Tabs({ label, items }: { label: string; items: readonly TabItem[] }) {
  return (
    <AriaTabs className="tabs">
      <TabList aria-label={label} className="tabs-list">
        {items.map((item) => <Tab key={item.id} id={item.id} className="tabs-tab">{item.label}</Tab>)}
      </TabList>
      {items.map((item) => <TabPanel key={item.id} id={item.id} className="tabs-panel">{item.content}</TabPanel>)}
    </AriaTabs>
  );
}
