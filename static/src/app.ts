import { startBounds } from "./bounds";
import { startExact } from "./exact";
import { startForms } from "./forms";
import { startHtmx } from "./hypertext";
import { startIslands } from "./islands";
import { startLive } from "./live";
import { startTheme } from "./theme";

startTheme();
startHtmx();
startForms();
startBounds();
startExact();
startIslands(document);
startLive();
