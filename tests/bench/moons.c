/* The gradient of moons by hand: mean hinge loss of a 2-16-16-1 ReLU net, and a penalty.

   The innermost loops go over all samples (N of them, which the compiler is told): they are what
   fills vector registers. Of the orders that were tried this one is the fastest; sample by
   sample, with the 16 units of a layer innermost, takes 2 to 3 times as long. */

#define H 16
#define AT2 (3 * H) /* theta: each neuron's weights, then its bias */
#define AT3 (AT2 + H * (H + 1))
#define EACH for (int k = 0; k < N; k++)

__attribute__((noinline)) static double gradient(double penalty, const double *X, const double *T,
                                                 const double *theta, double *slopes)
{
    double x[N], y[N], h1[H][N], h2[H][N], g1[H][N] = {{0}}, g[N];
    double value = 0.0, squares = 0.0, dc = 0.0;
    const double *v = theta + AT2, *w = theta + AT3;
    double *dv = slopes + AT2, *dw = slopes + AT3;

    EACH {
        x[k] = X[2 * k];
        y[k] = X[2 * k + 1];
        g[k] = w[H];
    }
    for (int j = 0; j < H; j++)
        EACH {
            double s = theta[3 * j + 2] + theta[3 * j] * x[k] + theta[3 * j + 1] * y[k];
            h1[j][k] = s > 0.0 ? s : 0.0;
        }
    for (int j = 0; j < H; j++, v += H + 1) {
        double s[N];
        EACH s[k] = v[H];
        for (int i = 0; i < H; i++)
            EACH s[k] += v[i] * h1[i][k];
        EACH {
            h2[j][k] = s[k] > 0.0 ? s[k] : 0.0;
            g[k] += w[j] * h2[j][k];
        }
    }
    EACH {
        double margin = 1.0 - T[k] * g[k];
        value += margin > 0.0 ? margin : 0.0;
        g[k] = margin > 0.0 ? -T[k] / N : 0.0;
        dc += g[k];
    }
    dw[H] = dc;
    v = theta + AT2;
    for (int j = 0; j < H; j++, v += H + 1, dv += H + 1) {
        double g2[N], sum = 0.0, bias = 0.0;
        EACH {
            sum += g[k] * h2[j][k];
            g2[k] = h2[j][k] > 0.0 ? g[k] * w[j] : 0.0;
            bias += g2[k];
        }
        dw[j] = sum;
        dv[H] = bias;
        for (int i = 0; i < H; i++) {
            sum = 0.0;
            EACH {
                sum += h1[i][k] * g2[k];
                g1[i][k] += v[i] * g2[k];
            }
            dv[i] = sum;
        }
    }
    for (int j = 0; j < H; j++) {
        double dx = 0.0, dy = 0.0, bias = 0.0;
        EACH {
            double d = h1[j][k] > 0.0 ? g1[j][k] : 0.0;
            dx += d * x[k];
            dy += d * y[k];
            bias += d;
        }
        slopes[3 * j] = dx;
        slopes[3 * j + 1] = dy;
        slopes[3 * j + 2] = bias;
    }
    for (int p = 0; p < AT3 + H; p++) {
        int is_bias = p < AT2 ? p % 3 == 2 : p < AT3 && (p - AT2) % (H + 1) == H;
        if (!is_bias) {
            squares += theta[p] * theta[p];
            slopes[p] += 2.0 * penalty * theta[p];
        }
    }
    return value / N + penalty * squares;
}

double gradients(int calls, double penalty, const double *X, const double *T, const double *theta,
                 double *slopes)
{
    double value = 0.0;
    for (int k = 0; k < calls; k++)
        value = gradient(penalty, X, T, theta, slopes);
    return value;
}
