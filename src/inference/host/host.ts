/** Process entry of the model host: the only process that loads native code. Nobody imports this file. */

import { version } from '../../../package.json';
import { llamaEngines } from '../engine/llama';
import { checkModelFile } from '../gguf/ggufCheck';
import { runHost } from './hostProcess';
import { mainMemory } from './memory';

await runHost(llamaEngines(), checkModelFile, version, mainMemory);
