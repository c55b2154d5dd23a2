/** What a consumer gets of a generation that was started again. */
import assert from 'node:assert/strict';
import { Resumption } from '../../../../src/inference/client/resumption';

/** Texts of the first attempt, then of the second; what the second adds, or undefined where it differs. */
function check(
	first: readonly string[],
	second: readonly string[],
	added: string | undefined,
	isComplete: boolean,
) {
	const resumption = new Resumption();
	resumption.restart();
	assert.equal(first.map((text) => resumption.accept(text)).join(''), first.join(''));
	resumption.restart();
	let fresh: string | undefined = '';
	for (const text of second) {
		const accepted: string | undefined = resumption.accept(text);
		fresh = accepted === undefined || fresh === undefined ? undefined : fresh + accepted;
		if (fresh === undefined) {
			break;
		}
	}
	assert.equal(fresh, added);
	assert.equal(resumption.isComplete, isComplete);
}

describe('Resumption', () => {
	it('passes on only what was not delivered, however the text is cut', () => {
		check(['ab', 'c'], ['a', 'b', 'c', 'd', 'e'], 'de', true);
		check(['ab', 'c'], ['abcde'], 'de', true);
		check(['abc'], ['ab', 'cd'], 'd', true);
		check(['abc'], ['abc'], '', true);
		check([], ['abc'], 'abc', true);
	});

	it('notices another answer', () => {
		check(['abc'], ['ax'], undefined, false);
		check(['abc'], ['ab', 'x'], undefined, false);
		check(['abc'], ['abxd'], undefined, false);
	});

	it('is not complete when the second attempt stops short', () => {
		check(['abc'], ['ab'], '', false);
		check(['abc'], [], '', false);
	});
});
