/** The prompt of a request as the model read it: its own format, with what is written for each special token. */

import { renderFill, renderLeftToRight } from '../../inference/fillFormat';
import type { FillRequest, ModelDescription } from '../../inference/model';

/** @param model that was asked; undefined where it is not known, and the pieces follow each other without tokens. */
export function promptText(prompt: FillRequest, model: Pick<ModelDescription, 'fill'> | undefined): string {
	// One token for a whole text, and room for all of them: nothing is cut here.
	const whole = (text: string) => [text];
	const everything = Number.POSITIVE_INFINITY;
	const tokens =
		model?.fill.type === 'fill'
			? renderFill(model.fill.layout, prompt, whole, everything).tokens
			: renderLeftToRight(undefined, prompt, whole, everything);
	return tokens.join('');
}
