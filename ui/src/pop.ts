import "@fontsource-variable/inter/wght.css";
import "./styles/tokens.css";
import { mount } from "svelte";
import Pop from "./Pop.svelte";
import { host } from "./which-host";

mount(Pop, { target: document.getElementById("app")!, props: { host: await host() } });
