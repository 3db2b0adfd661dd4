import { Handler } from 'aws-lambda';
import { Status, priceOf, type Order } from '@lib/order';

/** Sells what there is. */
export const handler: Handler<Order, { status: Status }> = async (order: Order) => {
  if (order.item === undefined) throw new TypeError('no item' satisfies string);
  return { status: Status.Sold, price: priceOf(order) };
};
