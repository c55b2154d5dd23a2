/** One adapter against another on the same places: what it is worth to have learned this repository and not another. */
import type { Compared, JudgedSpan } from '../../src/finetune/judge/judgement';
import type { Loss } from '../../src/finetune/judge/losses';
import { compare } from '../../src/finetune/judge/statistics';

/**
 * Loss of the other over that of the own in nats per token, paired, clustered by file; above zero where the own is better.
 * @param own of each place; undefined where it could not be scored, as of the other
 */
export function otherOverOwn(
	places: readonly JudgedSpan[],
	own: readonly (Loss | undefined)[],
	other: readonly (Loss | undefined)[],
): Compared {
	return compare(
		places.flatMap(({ file }, index) => {
			const [one, another] = [own[index], other[index]];
			return one === undefined || another === undefined || one.tokens === 0
				? []
				: [{ cluster: file, base: one.sum, adapter: another.sum, weight: one.tokens }];
		}),
	);
}
