/** A vocabulary that does not say what its tokens are: what was typed stays as it was cut. */
import { PieceIndex } from '../../src/inference/engine/pieceIndex';

export const NO_PIECES = new PieceIndex({ size: 0, text: () => undefined, find: () => undefined }, new Set());
