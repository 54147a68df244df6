// The desk's panels, in the order of reading: what rings, what is worked on,
// who it is about. A new panel is a folder beside this file and a row here.
import type { Component } from "svelte";
import Conversation from "./conversation/Conversation.svelte";
import Customer from "./customer/Customer.svelte";
import Floor from "./floor/Floor.svelte";

export interface Panel {
  id: string;
  title: string;
  place: "left" | "middle" | "right";
  component: Component;
}

export const panels: Panel[] = [
  { id: "floor", title: "Calls, queues and conversations", place: "left", component: Floor },
  { id: "conversation", title: "Conversation", place: "middle", component: Conversation },
  { id: "customer", title: "Customer", place: "right", component: Customer },
];
