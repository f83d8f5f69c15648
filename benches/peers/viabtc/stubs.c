/* What me_market.c links with and the benchmark leaves out: history and messages. None is called. */

# include "me_config.h"
# include "me_market.h"

int append_order_history(order_t *order) { return 0; }
int append_order_deal_history(double t, uint64_t deal_id, order_t *ask, int ask_role, order_t *bid, int bid_role,
                              mpd_t *price, mpd_t *amount, mpd_t *deal, mpd_t *ask_fee, mpd_t *bid_fee) { return 0; }
int append_user_balance_history(double t, uint32_t user_id, const char *asset, const char *business, mpd_t *change,
                                const char *detail) { return 0; }
int push_order_message(uint32_t event, order_t *order, market_t *market) { return 0; }
int push_deal_message(double t, const char *market, order_t *ask, order_t *bid, mpd_t *price, mpd_t *amount,
                      mpd_t *ask_fee, mpd_t *bid_fee, int side, uint64_t id, const char *stock, const char *money) { return 0; }
