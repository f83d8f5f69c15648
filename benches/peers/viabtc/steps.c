/* Runs the steps of the published workload through the market functions of viabtc_exchange_server, in this process.
 *
 * What is left out is left out in its favour: no network, no JSON, no messages, no history (real is false, as when it
 * replays its own log). A move is a cancellation and a placing; an immediate order is placed and what rests of it
 * canceled; an order that is to trade all or nothing and could not is skipped; a reduction, which it does not have, is
 * made here on the order itself. Prices and amounts are decimals before the clock runs.
 */

# include <sys/resource.h>
# include <sys/time.h>
# include <time.h>

# include "me_config.h"
# include "me_market.h"
# include "me_balance.h"

# define LOTS_MAX 4096

struct settings settings;

struct step {
    char kind;
    uint32_t order, user, side, lots;
    mpd_t *price, *amount;
};

static mpd_t *new_decimal(long units, int places)
{
    mpd_t *number = mpd_new(&mpd_ctx);
    mpd_set_i64(number, units, &mpd_ctx);
    mpd_t *scale = mpd_new(&mpd_ctx);
    mpd_set_i32(scale, -places, &mpd_ctx);
    mpd_pow(scale, mpd_ten, scale, &mpd_ctx);
    mpd_mul(number, number, scale, &mpd_ctx);
    mpd_rescale(number, number, -places, &mpd_ctx);
    mpd_del(scale);
    return number;
}

static void fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static market_t *market;
static uint64_t *ids;
static mpd_t *fee;

static void place(const struct step *step, mpd_t *amount)
{
    uint32_t side = step->side ? MARKET_ORDER_SIDE_ASK : MARKET_ORDER_SIDE_BID;
    json_t *result = NULL;
    if (market_put_limit_order(false, &result, market, step->user + 1, side, amount, step->price, fee, fee, "bench") != 0)
        fail("an order was refused");
    ids[step->order] = order_id_start;
}

static void cancel(order_t *order)
{
    json_t *result = NULL;
    market_cancel_order(false, &result, market, order);
}

static order_t *find(const struct step *step)
{
    order_t *order = market_get_order(market, ids[step->order]);
    if (order == NULL)
        fail("an order is not open that should be");
    return order;
}

static void reduce(order_t *order, mpd_t *amount)
{
    if (mpd_cmp(order->left, amount, &mpd_ctx) == 0) {
        cancel(order);
        return;
    }
    bool is_ask = order->side == MARKET_ORDER_SIDE_ASK;
    mpd_t *released = mpd_new(&mpd_ctx);
    if (is_ask)
        mpd_copy(released, amount, &mpd_ctx);
    else
        mpd_mul(released, order->price, amount, &mpd_ctx);
    mpd_sub(order->left, order->left, amount, &mpd_ctx);
    mpd_sub(order->freeze, order->freeze, released, &mpd_ctx);
    balance_unfreeze(order->user_id, is_ask ? market->stock : market->money, released);
    mpd_del(released);
}

static void run(const struct step *step)
{
    switch (step->kind) {
    case 'G':
    case 'F':
        place(step, step->amount);
        break;
    case 'I':
        place(step, step->amount);
        order_t *rest = market_get_order(market, order_id_start);
        if (rest)
            cancel(rest);
        break;
    case 'K':
        break;
    case 'M': {
        order_t *order = find(step);
        struct step moved = *step;
        moved.side = order->side == MARKET_ORDER_SIDE_ASK;
        mpd_t *left = mpd_qncopy(order->left);
        cancel(order);
        place(&moved, left);
        mpd_del(left);
        break;
    }
    case 'C':
        cancel(find(step));
        break;
    case 'R':
        reduce(find(step), step->amount);
        break;
    }
}

static double now(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void set_up(size_t users)
{
    static struct asset assets[2] = {{"BASE", 20, 8}, {"USDT", 20, 8}};
    static struct market definition = {"BASEUSDT", "BASE", "USDT", 4, 1, 2, NULL};
    definition.min_amount = new_decimal(1, 1);
    settings.asset_num = 2;
    settings.assets = assets;
    if (init_balance() != 0 || (market = market_create(&definition)) == NULL)
        fail("the market could not be made");
    fee = new_decimal(1, 3);
    mpd_t *funds = new_decimal(1000000000, 0);
    for (size_t user = 1; user <= users; ++user)
        for (size_t asset = 0; asset < 2; ++asset)
            balance_set(user, BALANCE_TYPE_AVAILABLE, assets[asset].name, funds);
}

int main(int argc, char *argv[])
{
    size_t users, opening, measured, lowest, highest;
    FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
    if (!file || fscanf(file, "%zu %zu %zu %zu %zu", &users, &opening, &measured, &lowest, &highest) != 5)
        fail("usage: steps FILE");
    init_mpd();
    size_t count = opening + measured;
    struct step *steps = calloc(count, sizeof(struct step));
    ids = calloc(count + 1, sizeof(uint64_t));
    static mpd_t *amounts[LOTS_MAX];
    for (size_t i = 0; i < count; ++i) {
        struct step *step = &steps[i];
        size_t price;
        if (fscanf(file, " %c %u %u %u %zu %u", &step->kind, &step->order, &step->user, &step->side, &price, &step->lots) != 6)
            fail("the file is cut off");
        step->price = new_decimal(price, 2);
        if (step->lots >= LOTS_MAX)
            fail("a quantity is larger than expected");
        if (amounts[step->lots] == NULL)
            amounts[step->lots] = new_decimal(step->lots, 1);
        step->amount = amounts[step->lots];
    }
    set_up(users);
    for (size_t i = 0; i < opening; ++i)
        run(&steps[i]);
    double wall = now(CLOCK_MONOTONIC), processor = now(CLOCK_PROCESS_CPUTIME_ID);
    for (size_t i = opening; i < count; ++i)
        run(&steps[i]);
    wall = now(CLOCK_MONOTONIC) - wall;
    processor = now(CLOCK_PROCESS_CPUTIME_ID) - processor;
    size_t resting = skiplist_len(market->asks) + skiplist_len(market->bids);
    printf("{\"seconds\": %.6f, \"processor_seconds\": %.6f, \"trades\": %" PRIu64 ", \"resting\": %zu}\n", wall, processor,
           deals_id_start, resting);
    return 0;
}
