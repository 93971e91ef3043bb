import { startBounds } from "./bounds";
import { startExact } from "./exact";
import { startForms } from "./forms";
import { startHtmx } from "./hypertext";
import { startIslands } from "./islands";
import { startLetter } from "./letter";
import { startLive } from "./live";
import { startTheme } from "./theme";

startTheme();
startHtmx();
startForms();
startBounds();
startExact();
startIslands(document);
startLetter();
startLive();
