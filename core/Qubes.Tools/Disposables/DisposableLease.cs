using System.Globalization;
using Qubes.Tools.Admin;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Disposables;

/// <summary>
/// A batch of disposables that was announced to the daemon (its extension <c>admin.vm.disposable.Lease</c>). A daemon that hears nothing of
/// its holder for a minute takes it back, with the disposables that were given.
/// </summary>
internal sealed class DisposableLease
{
    /// <summary>As many may be announced at once.</summary>
    public const int Most = 1000;

    private const string Method = "admin.vm.disposable.Lease";

    private readonly Session session;
    private readonly string template;
    private readonly string id;

    private DisposableLease(Session session, string template, string id) => (this.session, this.template, this.id) = (session, template, id);

    /// <param name="session">The run.</param>
    /// <param name="template">The disposable template; <c>dom0</c> for the system's <c>default_dispvm</c>.</param>
    /// <param name="count">How many will be wanted, 1 to <see cref="Most"/>.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>Null: the daemon has no such thing, or refuses it to us.</returns>
    public static async Task<DisposableLease?> TryBeginAsync(Session session, string template, int count, CancellationToken cancellation)
    {
        try
        {
            var id = await session.Admin.CallAsync(
                Method, template, payload: string.Create(CultureInfo.InvariantCulture, $"count={count}"), cancellation: cancellation);
            return new(session, template, id);
        }
        catch (Exception e) when (e is AdminException or MalformedAnswerException)
        {
            // The reference's daemon gives no answer to a method that it does not know.
            return null;
        }
    }

    /// <summary>The name of the next one, which runs; empty: none within some seconds, to be asked for again.</summary>
    public Task<string> NextAsync(CancellationToken cancellation) => CallAsync(".Next", cancellation);

    /// <summary>Where the next one stands; tells the daemon that we are there.</summary>
    public async Task<LeasePlace> PlaceAsync(CancellationToken cancellation)
    {
        var pairs = AnswerText.Pairs((await CallAsync(".Status", cancellation)).Split(' '));
        return new(
            int.TryParse(pairs.GetValueOrDefault("position"), NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : 0,
            long.TryParse(pairs.GetValueOrDefault("wait_ms"), NumberStyles.None, CultureInfo.InvariantCulture, out var wait)
                ? TimeSpan.FromMilliseconds(Math.Min(wait, int.MaxValue)) : null);
    }

    /// <summary>No more are wanted.</summary>
    public Task EndAsync(CancellationToken cancellation) => CallAsync(".End", cancellation);

    private Task<string> CallAsync(string call, CancellationToken cancellation) =>
        session.Admin.CallAsync(Method + call, template, id, cancellation: cancellation);
}
