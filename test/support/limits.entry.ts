/** Prints what this process takes for its limits, as JSON: cores, and bytes of memory for a model. */
import { countCores } from '../../src/inference/engine/cores';
import { freeMemory } from '../../src/inference/fit/freeMemory';

console.log(JSON.stringify({ cores: countCores(), memory: freeMemory() }));
