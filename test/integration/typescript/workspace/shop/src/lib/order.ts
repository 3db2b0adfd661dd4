export enum Status {
  Open = 'open',
  Sold = 'sold',
}

export interface Order {
  readonly item?: string;
  readonly price?: number;
}

export function priceOf(order: Order): number {
  if (order.price === undefined) throw new RangeError(`no price of ${order.item}`);
  return order.price;
}
