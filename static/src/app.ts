import { startReading } from "./aloud";
import { startBounds } from "./bounds";
import { startExact } from "./exact";
import { startForms } from "./forms";
import { startHtmx } from "./hypertext";
import { startIslands } from "./islands";
import { startLive } from "./live";
import { startSize } from "./size";
import { startTheme } from "./theme";

startTheme();
startSize();
startHtmx();
startForms();
startBounds();
startExact();
startIslands(document);
startLive();
startReading();
