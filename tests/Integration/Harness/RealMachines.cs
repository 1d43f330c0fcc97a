namespace Qubes.Integration.Tests.Harness;

/// <summary>Real machines run in one test at a time: there are two cores.</summary>
[CollectionDefinition(Name)]
public sealed class RealMachines : ICollectionFixture<DisposableHost>
{
    public const string Name = "real machines";
}
