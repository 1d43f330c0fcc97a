namespace Qubes.Benchmarks.AdminApi;

/// <summary>The reference daemon's rates on a machine of this kind, requests per second with four clients.</summary>
/// <param name="At10">With 10 qubes.</param>
/// <param name="At500">With 500.</param>
/// <param name="Goal">How many times its rate at 500 qubes ours is to be.</param>
internal sealed record Reference(double At10, double At500, double Goal)
{
    public static readonly Reference Get = new(8588, 979, 10);
    public static readonly Reference GetAll = new(3382, 402, 20);
    public static readonly Reference List = new(6998, 391, 20);
    public static readonly Reference FeatureSet = new(548, 24, 100);

    /// <summary>Its rate with so many qubes; null: not measured.</summary>
    public double? With(int qubes) => qubes switch
    {
        10 => At10,
        500 => At500,
        _ => null,
    };
}
