interface Order {
  readonly Success?: boolean;
  readonly Items?: readonly { readonly Name: string; readonly Price: number }[];
}

interface Receipt {
  readonly total: number;
}

/** Its records are events on a bus, and a rule sends them on to a queue. */
export const handler = async (order: Order): Promise<Receipt> => {
  const total = (order.Items ?? []).reduce((sum, item) => sum + item.Price, 0);
  console.log(`total: ${total}`);
  if (order.Success !== true) throw new RefusedOrder(order);
  return { total };
};

class RefusedOrder extends Error {
  constructor(order: Order) {
    super(`The event asked for a failure: ${JSON.stringify(order)}`);
    this.name = 'RefusedOrder';
  }
}
