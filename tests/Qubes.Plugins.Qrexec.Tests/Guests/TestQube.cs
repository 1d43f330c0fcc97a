using NSubstitute;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Qrexec.Tests.Guests;

/// <summary>A qube with a machine whose agent is reached through a socket.</summary>
internal sealed class TestQube
{
    private readonly TaskCompletionSource machineEnded = new();

    public TestQube(string name, int id, string socketPath)
    {
        var machine = Substitute.For<IMachine>();
        machine.Id.Returns(id);
        machine.AgentSocketPath.Returns(socketPath);
        machine.Ended.Returns(machineEnded.Task);
        Qube = Substitute.For<IQube>();
        Qube.Name.Returns(name);
        Qube.Uuid.Returns(UuidOf(id));
        Qube.Class.Returns(QubeClass.AppVM);
        Qube.PowerState.Returns(PowerState.Running);
        Qube.Machine.Returns(machine);
        Qube.Properties.Get(QubeProperties.DefaultUser).Returns("alice");
        Qube.Tags.GetEnumerator().Returns(_ => ((IEnumerable<string>)["red-team"]).GetEnumerator());
        SocketPath = socketPath;
    }

    public IQube Qube { get; }

    public string SocketPath { get; }

    public static Guid UuidOf(int id) => new(id, 0, 0, new byte[8]);

    public void EndMachine() => machineEnded.TrySetResult();
}
