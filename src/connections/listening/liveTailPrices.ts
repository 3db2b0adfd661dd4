/** For people who are asked whether to pay for it. */
export { liveTailPrices } from '../../aws/sources/liveTail.ts';
