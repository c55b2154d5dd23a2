/** The README of an exported adapter: what it is, how it was trained, how it is loaded. */

import type { AdapterContent } from '../adapter/content';

export function modelCard({ architecture, alpha, matrices, facts }: AdapterContent): string {
	const ranks = [...new Set(matrices.map((matrix) => matrix.rank))].sort((one, other) => one - other);
	const base = facts.baseName === undefined ? 'not recorded' : oneLine(facts.baseName);
	return `---
library_name: peft
tags:
- lora
- code
---

# ${oneLine(facts.name)}

A LoRA adapter in PEFT's layout, exported by Familiar, a code copilot for VS Code.

| | |
| --- | --- |
| base model | ${base} (${architecture}) |
| rank | ${ranks.join(', ')} |
| alpha | ${alpha} |
| matrices | ${matrices.length} |
${trainingRows(facts)}
The adapter fits only the model that it was trained on. The name above is that of a GGUF file; PEFT needs the original
of that model, in Hugging Face's layout:

\`\`\`python
from peft import PeftModel
from transformers import AutoModelForCausalLM

base = AutoModelForCausalLM.from_pretrained("the base model")
model = PeftModel.from_pretrained(base, "this folder")
\`\`\`

Texts that it was trained on can be drawn out of an adapter: share it only where you would share the code.
`;
}

/** Loss in nats per token of held-out code. */
function trainingRows({ run }: AdapterContent['facts']): string {
	return run === undefined
		? ''
		: `| held-out loss | ${run.lossBefore.toFixed(4)} before, ${run.lossAfter.toFixed(4)} after |
| training | ${run.steps} steps, ${run.tokens} tokens, ${oneLine(run.created)} |
`;
}

/** Names come from files: no line of theirs may end the table or begin something else. */
function oneLine(text: string): string {
	return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s|`<>[\]\\]+/gu, ' ').trim();
}
