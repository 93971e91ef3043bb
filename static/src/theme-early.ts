import { applySize } from "./size";
import { applyTheme } from "./theme";

applyTheme();
applySize();
