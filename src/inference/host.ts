/** Process entry of the model host: the only process that loads native code. Nobody imports this file. */

import { version } from '../../package.json';
import { checkModelFile } from './ggufCheck';
import { runHost } from './hostProcess';
import { LlamaEngine } from './llama';

await runHost(new LlamaEngine(), checkModelFile, version);
