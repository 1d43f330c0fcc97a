using Qubes.Kernel.Events;
using Qubes.Kernel.Tests.Loop;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Kernel.Tests.Events;

/// <summary>A bus on a loop, and what its handlers did, in order.</summary>
internal sealed class BusFixture : IAsyncDisposable
{
    private readonly LoopFixture loop = new();

    public BusFixture() => Bus = new EventBus(loop.Loop, loop.Clock, loop.Logger<EventBus>());

    public EventBus Bus { get; }

    public VirtualTimeProvider Clock => loop.Clock;

    public List<string> Calls { get; } = [];

    public IReadOnlyList<string> Logged => loop.Logged;

    public Task OnLoop(Func<Task> work) => loop.Loop.InvokeAsync(work);

    public Task OnLoop(Action work) => loop.Do(work);

    /// <summary>Subscribes a handler that notes its name.</summary>
    public IDisposable Note<T>(OwnedEventBus bus, string name) where T : QubesEvent => bus.Subscribe<T>(_ => Calls.Add(name));

    /// <summary>Subscribes a handler that notes its name and fails.</summary>
    public void Fail<T>(OwnedEventBus bus, string name, Exception failure) where T : QubesEvent => bus.Subscribe<T>(_ =>
    {
        Calls.Add(name);
        throw failure;
    });

    public static QubesException Veto() => new InvalidValueException("no");

    public ValueTask DisposeAsync() => loop.DisposeAsync();
}
